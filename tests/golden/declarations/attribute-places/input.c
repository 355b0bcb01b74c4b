int a __mine;
int __mine b;
int *c __mine;
__other int f(void) { return 1; }
int __other *g(void) { return 0; }
int __attribute__((aligned(4), packed)) d;
int __attribute__((packed)) e;
int __attribute__((aligned(4))) h;
