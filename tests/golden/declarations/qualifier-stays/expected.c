const long a;
long b;
int c;
