enum e {
	B = 7,
	C,
	D = 2,
	E,
};

struct s {
	enum e x;
	int y;
};

enum e v = {
	1
};
