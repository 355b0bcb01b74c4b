struct s *get(void);
int count(void);

void f(char c[], char *p)
{
	check(get());
	check(count());
	check(p);
	check(p + 1);
	check(&c);
	check("string");
}
