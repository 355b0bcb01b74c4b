static const int a;
static int b;
int c;
