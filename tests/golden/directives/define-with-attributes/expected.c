#define here __attribute__((new))
#define there __attribute__((other))
