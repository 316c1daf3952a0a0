namespace Tenon.Plugins.Cpu.Tests;

public class ParkingTests
{
    // A machine may be busy; who is still asleep then is never woken.
    private static readonly TimeSpan ForEver = TimeSpan.FromMinutes(5);

    // A thread that must wait on once took the wake-up of one whose condition held, which then slept for ever.
    [Test]
    public void AWakeUpReachesEveryoneWhoseConditionHolds()
    {
        const int Threads = 8, Rounds = 300;
        for (var round = 0; round < Rounds; round++)
        {
            var parking = new Parking();
            var value = 0;
            var early = Start(Threads, () => parking.WaitUntil(() => Volatile.Read(ref value) >= 1));
            var late = Start(Threads, () => parking.WaitUntil(() => Volatile.Read(ref value) >= 2));
            Thread.Yield();
            Interlocked.Increment(ref value);
            parking.Wake();
            var woke = early.All(t => t.Join(ForEver));
            Interlocked.Increment(ref value);
            parking.Wake();
            Assert.That(woke, $"Round {round}: somebody slept on.");
            Assert.That(late.All(t => t.Join(ForEver)), $"Round {round}: somebody slept on to the end.");
        }
    }

    private static Thread[] Start(int count, Action body)
    {
        var threads = Enumerable.Range(0, count).Select(_ => new Thread(() => body()) { IsBackground = true }).ToArray();
        foreach (var thread in threads)
        {
            thread.Start();
        }

        return threads;
    }
}
