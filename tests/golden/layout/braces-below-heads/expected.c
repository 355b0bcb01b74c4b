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
        if (y)
        {
            z((struct s){ 1 });
            z();
        }
        else if (w)
        {
            v();
            v();
        }
        else
        {
            u();
            u();
        }
        do
        {
            a();
        } while (x);
        switch (x)
        {
        case 1:
            a();
        }
    }
    if (x)
    {
        foo();
        if (y)
        {
            z((struct s){ 1 });
            z();
        }
        else if (w)
        {
            v();
            v();
        }
        else
        {
            u();
            u();
        }
        do
        {
            a();
        } while (x);
        switch (x)
        {
        case 1:
            a();
        }
    }
    else
        d();
    if (x)
    {
        foo();
        if (y)
        {
            z((struct s){ 1 });
            z();
        }
        else if (w)
        {
            v();
            v();
        }
        else
        {
            u();
            u();
        }
        do
        {
            a();
        } while (x);
        switch (x)
        {
        case 1:
            a();
        }
    }
    x = (struct s){ 1 };
}
