changed a;
const int b;
changed c;
char *const d;
volatile struct foo e;
