#define A 1 + 2
#define EMPTY
#define M(x) x

int y = A;
