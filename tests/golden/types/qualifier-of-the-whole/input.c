const int a;
const char *b;
int *const c;
const int *const d;
const char e[4];
