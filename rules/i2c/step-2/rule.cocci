// Second step: the data may also be set here, or got by an assignment.
// not idempotent
@@
type T;
identifier dev, priv;
@@
(
i2c_set_clientdata(dev, priv);
|
priv = i2c_get_clientdata(dev);
|
T priv = i2c_get_clientdata(dev);
)
...
+ i2c_set_clientdata(dev, NULL);
kfree(priv);
