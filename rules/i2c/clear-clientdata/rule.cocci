// Clear the client data of an I2C device before the private structure that it points to is freed.
// What is cleared too late is moved; what is cleared in time is left alone.
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
(
i2c_set_clientdata(dev, NULL);
...
kfree(priv);
|
+ i2c_set_clientdata(dev, NULL);
kfree(priv);
...
- i2c_set_clientdata(dev, NULL);
|
+ i2c_set_clientdata(dev, NULL);
? kfree(priv);
)
