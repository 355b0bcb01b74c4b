struct a b = { f(1),f(2), f(3), };
