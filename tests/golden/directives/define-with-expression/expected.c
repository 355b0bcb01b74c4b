#define A (1 + 2)
#define M(x) x

int y = A;
