// Clear the client data before the private structure it points to is freed.
// First step: the data is got in a declaration.
// not idempotent
@@
type T;
identifier dev, priv;
@@
T priv = i2c_get_clientdata(dev);
...
+ i2c_set_clientdata(dev, NULL);
kfree(priv);
