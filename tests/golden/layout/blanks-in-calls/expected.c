static int test( struct unit *iface, struct id * iid, void **out )
{
    int hr;

    TRACE( "%p, %s, %p\n", iface, debugstr_guid( iid ), out );

    if (is_same( iid, &unknown ))
    {
        *out = iface;
        return 0;
    }

    hr = get_memory_of_the_process( this_heap(), 10, NULL );
    if (!hr) return -1;
    memset( out, 0, sizeof(*out) );
    if (out)
    {
        bar( out, sizeof(*out) );
        baz();
    }
    return -1;
}
static void g( int a )
{
    foo_bar( a, "some long text that goes on for a while", "some more long text",
             debugstr_guid( a ) );
    if (!get_memory_of_the_process( this_heap(), sizeof(a), NULL ))
        return;
    hr = get_memory_of_the_process( this_heap(),
                                    some_function_of_the_size( a, a, a, a, a, a, a ),
                                    NULL );
}
static void h( int a )
{
    if (must_keep( 1, 2 ))
    {
        if (a) {
            tight(a, a);
        } else {
            tight( a, a );
        }
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
