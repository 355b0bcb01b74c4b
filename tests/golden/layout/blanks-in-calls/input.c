static int test( struct unit *iface, struct id * iid, void **out )
{
    int hr;

    TRACE( "%p, %s, %p\n", iface, debugstr_guid( iid ), out );

    if (is_same( iid, &unknown ))
    {
        *out = iface;
        return 0;
    }

    hr = get_memory( this_heap(), 0, 10 );
    if (!hr) return -1;
    memset( out, 0, sizeof(*out) );
    return -1;
}
static void g( int a )
{
    foo( a, "some long text that goes on for a while", "some more long text",
         debugstr_guid( a ) );
    if (!get_memory( this_heap(), 0,
                    sizeof(a) ))
        return;
    hr = get_memory( this_heap(), 0, some_function_of_the_size( a, a, a, a, a, a, a ) );
}
static void h( int a )
{
    if (keep)
    {
        if (a) {
            tight(a, a);
        } else {
            tight( a, a );
        }
    }
}

static void i( int a )
{
    while (a)
    {
        get( a );
        get( a );
    }
    for (;;)
    {
        get( a );
        get( a );
    }
}
