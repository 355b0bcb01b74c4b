static int f(void)
{
    if (a)
    {
        b();
    }
    else
    {
        c();
    }
    for (i = 0; i < 3; i++)
    {
        foo();
    }
    if (x)
        foo();
    else
        d();
    if (x) foo();
    x = (struct s){ 1 };
}
