int a;
const char *b;
int *c;
const int *d;
const char e[4];
