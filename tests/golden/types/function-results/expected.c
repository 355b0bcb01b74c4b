struct s *get(void);
int count(void);

void f(char c[], char *p)
{
	check_ptr(get());
	check(count());
	check_ptr(p);
	check_ptr(p + 1);
	check_ptr(&c);
	check("string");
}
