#ifdef CONFIG_A
int f() {
	return 12; }
#endif

#ifdef CONFIG_A
int g() {
	return 12;
}
#endif
 int x;
