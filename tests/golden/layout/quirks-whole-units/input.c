int f(void)
{
    x = log("a long text that is put out", first_argument, second_argument);
}

int g(void)
{
	x = log("a long text that is put out", first_argument, second_argument);
		log("a long text that is put out", first_argument, second_argument);
}
