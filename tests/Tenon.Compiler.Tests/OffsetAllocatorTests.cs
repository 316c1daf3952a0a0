namespace Tenon.Compiler.Tests;

public class OffsetAllocatorTests
{
    [Test]
    public void Things_that_live_at_one_time_do_not_overlap()
    {
        var random = new Random(1);
        for (var round = 0; round < 200; round++)
        {
            var lives = Random(random, random.Next(1, 40));
            var layout = OffsetAllocator.Place(lives, 64);
            for (var a = 0; a < lives.Length; a++)
            {
                Assert.That(layout.Offsets[a] % 64, Is.Zero);
                Assert.That(layout.Offsets[a] + lives[a].Bytes, Is.LessThanOrEqualTo(layout.Bytes));
                for (var b = 0; b < a; b++)
                {
                    var together = lives[a].First <= lives[b].Last && lives[b].First <= lives[a].Last;
                    var overlap = layout.Offsets[a] < layout.Offsets[b] + lives[b].Bytes && layout.Offsets[b] < layout.Offsets[a] + lives[a].Bytes;
                    Assert.That(together && overlap, Is.False, $"round {round}: {lives[a]} at {layout.Offsets[a]}, {lives[b]} at {layout.Offsets[b]}");
                }
            }
        }
    }

    [Test]
    public void Random_things_need_little_more_than_what_lives_at_once()
    {
        var random = new Random(2);
        for (var round = 0; round < 50; round++)
        {
            var layout = OffsetAllocator.Place(Random(random, 100), 1);
            Assert.That(layout.Bytes, Is.LessThanOrEqualTo(1.15 * layout.LeastBytes), $"round {round}");
        }
    }

    [Test]
    public void The_bound_is_what_lives_at_one_step()
    {
        Lifetime[] lives = [new(100, 0, 3), new(50, 1, 2), new(70, 3, 5), new(30, 4, 4)];
        Assert.That(OffsetAllocator.MostAlive(lives), Is.EqualTo(170));
        Assert.That(OffsetAllocator.Place(lives, 1), Has.Property("Bytes").EqualTo(170).And.Property("LeastBytes").EqualTo(170));
    }

    [Test]
    public void Nothing_and_empty_things_need_no_memory()
    {
        Assert.That(OffsetAllocator.Place([], 64), Has.Property("Bytes").Zero);
        Assert.That(OffsetAllocator.Place([new(0, 0, 1)], 64), Has.Property("Bytes").Zero);
    }

    [Test]
    public void The_same_things_are_placed_in_the_same_way()
    {
        var lives = Random(new Random(3), 60);
        var first = OffsetAllocator.Place(lives, 64);
        Assert.That(OffsetAllocator.Place([.. lives], 64).Offsets, Is.EqualTo(first.Offsets));
    }

    private static Lifetime[] Random(Random random, int count)
    {
        var lives = new Lifetime[count];
        for (var i = 0; i < count; i++)
        {
            var first = random.Next(100);
            lives[i] = new Lifetime(1L << random.Next(4, 16), first, first + (int)Math.Exp(random.NextDouble() * 4));
        }

        return lives;
    }
}
