#define NAMED(s, n) do { foo(#s, n); old(#s); old(n); } while (0)
#define PASTED(a, b) foo(a ## b, a##_x[3])
#define THREE(a, b) foo(x##a##b, b)
#define LOG(fmt, args...) log("x: " #fmt fmt, ##args)
