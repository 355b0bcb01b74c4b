#define A 2
#define B a+b
