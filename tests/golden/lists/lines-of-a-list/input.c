struct t y[] = {
	one,
	two,	/* two */
	three,
};

struct u b[] = {
	one, two,
	three
};

struct t z[] = { one, two };
