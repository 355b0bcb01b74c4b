int a;
int __mine b;
int *c;
long f(void) { return 1; }
int __other *g(void) { return 0; }
int d;
int e;
int __attribute__((aligned(4))) h;
