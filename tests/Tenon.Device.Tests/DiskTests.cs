namespace Tenon.Tests;

/// <summary>The device of files among others.</summary>
internal sealed class DiskTests
{
    [Test]
    public void TensorsMoveToATemporaryFileAndBack()
    {
        var x = (Tensor.Arange(12).Reshape(3, 4) * 2).To("DISK").Realize();
        Assert.That(x.Device, Is.EqualTo("DISK"));
        Assert.That(x[1].To("CPU").ToArray<int>(), Is.EqualTo(new[] { 8, 10, 12, 14 }));
        Assert.That((x.To("CPU") + 1).ToArray<int>(), Is.EqualTo(Enumerable.Range(0, 12).Select(i => 2 * i + 1)));
    }

    [Test]
    public void WhatIsComputedOnFilesSaysWhatToDo()
    {
        var x = Tensor.Arange(4).To("DISK").Realize();
        var error = Assert.Throws<TenonException>(() => (x + 1).Realize());
        Assert.That(error!.Code, Is.EqualTo("TEN5007"));
        Assert.That(error.Message, Does.Contain("DISK").And.Contain("To("));
    }

    [Test]
    public void AFileThatIsCutShortIsAnError()
    {
        var path = Path.GetTempFileName();
        try
        {
            var x = Tensor.Arange(1000).ToFile(path);
            File.WriteAllBytes(path, new byte[100]);
            Assert.That(Assert.Catch<TenonException>(() => x.To("CPU").Realize(), "it was cut in place")!.Message, Does.Contain("TEN5101").And.Contain(path));
        }
        finally
        {
            File.Delete(path);
        }
    }
}
