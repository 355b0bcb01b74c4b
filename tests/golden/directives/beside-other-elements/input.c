int f() {
	return 12; } int g() {
	return 12;
} int x;
