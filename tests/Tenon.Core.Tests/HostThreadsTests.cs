using Tenon.Core.Backend;

namespace Tenon.Core.Tests;

[NonParallelizable]
public class HostThreadsTests
{
    [Test]
    public void TogetherTheyAreAsManyAsProcessors()
    {
        var first = HostThreads.Enter(8, 8);
        var second = HostThreads.Enter(8, 8);
        HostThreads.Leave(first);
        var again = HostThreads.Enter(8, 8);
        HostThreads.Leave(second);
        var third = HostThreads.Enter(8, 8);
        Assert.Multiple(() =>
        {
            Assert.That(first, Is.EqualTo(8), "alone it gets all");
            Assert.That(second, Is.EqualTo(1), "who comes later has at least itself");
            Assert.That(again, Is.EqualTo(4), "who comes back leaves others their share");
            Assert.That(third, Is.EqualTo(4));
            Assert.That(HostThreads.Busy, Is.EqualTo(8));
        });
        HostThreads.Leave(again);
        HostThreads.Leave(third);
        Assert.That(HostThreads.Busy, Is.Zero);
        Assert.That(HostThreads.Enter(3, 8), Is.EqualTo(3), "no more than it has work for");
        HostThreads.Leave(3);
    }
}
