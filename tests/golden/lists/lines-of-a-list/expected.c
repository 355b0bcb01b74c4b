struct t y[] = {
	X,
	one,
	two,	/* two */
	three,
};

struct u b[] = {
	one, two,
	three,
	X
};

struct t z[] = { X, one, two };
