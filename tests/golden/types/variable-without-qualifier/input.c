int a;
const int b;
const char *c;
char *const d;
volatile struct foo e;
