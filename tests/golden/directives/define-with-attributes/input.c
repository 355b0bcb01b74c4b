#define here __attribute__((old))
#define there __attribute__((other))
