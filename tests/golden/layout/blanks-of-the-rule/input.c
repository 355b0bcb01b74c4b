int f(int a)
{
    int v = init();

    foo(a, v + 1);
    v = old(a * 2) + old(3);
    if (a) {
        v = 3;
        old(g(a,b));
    }
    if (here) {
        put(a, b);
        v = a;
    }
    return v;
}
