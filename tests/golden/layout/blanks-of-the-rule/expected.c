int f(int a)
{
    int v = init();

    bar( v + 1 ,a );
    if(a)
        baz (a+(v + 1) , 3*4) ;
    v = new( a * 2,1 ) + new( 3,1 );
    if (a) {
        v = 3;
        new( g(a, b),1 );
    }
    while(there) {
        put(a, b);
        v = a;
    }
    return v;
}
