#define NAMED(s, n) do { bar(n, #s); old(#s); new(n); } while (0)
#define PASTED(a, b) bar(a##_x[3], a ## b)
#define THREE(a, b) bar(b, x##a##b)
#define LOG(fmt, args...) trace("x: " #fmt fmt, ##args)
