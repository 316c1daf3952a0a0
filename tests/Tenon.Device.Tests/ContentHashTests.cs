namespace Tenon.Tests;

/// <summary>Too much for the evaluator of the other tests: a MiB of bytes.</summary>
internal sealed class ContentHashTests
{
    /// <summary>The number is that of the same tree over Python's hashlib.</summary>
    [Test]
    public void Content_has_a_hash_whatever_its_shape()
    {
        var hash = Tensor.From<int>([1, 2], [2, 1]).Hash();
        Assert.That(Convert.ToHexStringLower(hash.ToArray<byte>()), Is.EqualTo("3e76871314acc5bbd0f28d7cdd39fcfd"));
    }
}
