volatile int a;
int c;
