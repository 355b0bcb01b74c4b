@@
@@

+ #include "first.h"
#include ...

@@
@@

#include <...>
+ #include "last.h"
