#define dbg(fmt, args...) do { moo(fmt, ## args); bar(); } while (0)
#define dbg2(fmt, args...) do { moo(1, fmt, ##args); boo(1, ##args); bar(); } while (0)
#define dbg4(fmt, args...) pr(fmt "x", ##args)
#define dbg3(fmt, args...) do { \
	foo(1, fmt, ##args); \
	bar(); \
} while (0)
