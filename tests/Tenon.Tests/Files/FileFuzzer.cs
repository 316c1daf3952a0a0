using System.Buffers.Binary;
using Tenon.State;

namespace Tenon.Tests.Shared;

/// <summary>
/// Reads damaged files: good ones with bytes flipped, cut, spliced, and lengths set to what they can't be. A reader may take what it
/// gets, or say with a <see cref="TenonFormatException"/> what is wrong where; it may not crash, hang, or ask for memory far beyond the file.
/// </summary>
/// <param name="kind">The format.</param>
/// <param name="path">Where the damaged file is put.</param>
/// <param name="seeds">Good files.</param>
/// <param name="read">Reads the file and the elements in it.</param>
internal sealed class FileFuzzer(string kind, string path, IReadOnlyList<byte[]> seeds, Action read)
{
    // Readers need some for any file at all, and some for each byte.
    private const long AllowedBytes = 2 << 20;
    private const long AllowedPerByte = 256;

    // Of the processor, so that a busy machine doesn't count.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);
    private static readonly long[] Extremes = [0, 1, -1, 127, 128, 255, 256, 32767, 65535, 65536, int.MaxValue, int.MinValue, uint.MaxValue, 1L << 32, 1L << 40, 1L << 62, long.MaxValue, long.MinValue];
    private static readonly string[] Numbers = ["-1", "0", "99", "4294967296", "9223372036854775807", "9223372036854775808", "1e400", "0.5", "null", "\"\"", "[]", "{}"];
    private int _current = -1;
    private long _since = Processor();

    /// <summary>Codes of errors other than <see cref="TenonFormatException"/> that a damaged file may lead to.</summary>
    public IReadOnlyList<string> OtherCodes { get; init; } = [];

    /// <summary>Reads so many damaged files.</summary>
    /// <returns>How many of them were refused.</returns>
    public int Run(int count)
    {
        var refused = 0;
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                for (var i = 0; i < count; i++)
                {
                    refused += Read(i) ? 0 : 1;
                }
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        thread.IsBackground = true;
        thread.Start();
        while (!thread.Join(100))
        {
            Assert.That(TimeSpan.FromTicks(Processor() - Volatile.Read(ref _since)), Is.LessThan(Longest), $"{kind}: damaged file {_current} is read without end");
        }

        Assert.That(failure, Is.Null, $"{kind}: damaged file {_current}: {failure}");
        Assert.That(refused, Is.LessThan(count), $"{kind}: nothing is read at all");
        LongRun.Report("files", count, kind);
        return refused;
    }

    private bool Read(int i)
    {
        _current = i;
        Volatile.Write(ref _since, Processor());
        var file = Damaged(new Random(7919 * i + 1));
        File.WriteAllBytes(path, file);
        var allowed = AllowedBytes + AllowedPerByte * file.Length;
        var isRead = IsRead(out var allocated);
        if (allocated > allowed)
        {
            // Unless it was for something that the process makes once.
            IsRead(out allocated);
        }

        return allocated <= allowed ? isRead : throw new InvalidOperationException($"{allocated} bytes were allocated for a file of {file.Length}.");
    }

    private bool IsRead(out long allocated)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            read();
            return true;
        }
        catch (TenonFormatException e)
        {
            // The file may be one of several, or an entry of the archive.
            var folder = Path.GetDirectoryName(path)!;
            return e.File.StartsWith(folder, StringComparison.Ordinal) && e.Field.Length > 0 && e.Message.Contains(e.File, StringComparison.Ordinal)
                ? false : throw new InvalidOperationException("It does not say where the fault is.", e);
        }
        catch (TenonException e) when (OtherCodes.Contains(e.Code))
        {
            return false;
        }
        finally
        {
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    private static long Processor() => Environment.CpuUsage.TotalTime.Ticks;

    private byte[] Damaged(Random random)
    {
        var file = (byte[])seeds[random.Next(seeds.Count)].Clone();
        for (var n = random.Next(1, 4); n > 0; n--)
        {
            file = file.Length == 0 ? file : Damage(file, random);
        }

        return file;
    }

    private byte[] Damage(byte[] file, Random random)
    {
        // What is worth damaging is mostly near the beginning or the end.
        var at = random.Next(3) switch
        {
            0 => random.Next(Math.Min(file.Length, 128)),
            1 => file.Length - 1 - random.Next(Math.Min(file.Length, 256)),
            _ => random.Next(file.Length),
        };
        switch (random.Next(8))
        {
            case 0:
                file[at] ^= (byte)(1 << random.Next(8));
                return file;
            case 1:
                file[at] = (byte)random.Next(256);
                return file;
            case 2:
                return file[..at];
            case 3:
                return Splice(file, at, seeds[random.Next(seeds.Count)], random);
            case 4:
                return [.. file[..at], .. file[Math.Min(file.Length, at + random.Next(1, 32))..]];
            case 5:
                return Number(file, at, random);
            default:
                Extreme(file.AsSpan(at), random, file.Length);
                return file;
        }
    }

    private static byte[] Splice(byte[] file, int at, byte[] other, Random random)
    {
        var begin = random.Next(other.Length);
        return [.. file[..at], .. other[begin..Math.Min(other.Length, begin + random.Next(1, 64))], .. file[at..]];
    }

    private static void Extreme(Span<byte> at, Random random, int length)
    {
        var value = random.Next(4) == 0 ? length + random.Next(-2, 3) : Extremes[random.Next(Extremes.Length)];
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        var width = Math.Min(1 << random.Next(4), at.Length);
        if (random.Next(4) == 0)
        {
            bytes[..width].Reverse();
        }

        bytes[..width].CopyTo(at);
    }

    // The next number that is written out in text becomes another.
    private static byte[] Number(byte[] file, int at, Random random)
    {
        var begin = at;
        while (begin < file.Length && !char.IsAsciiDigit((char)file[begin]))
        {
            begin++;
        }

        var end = begin;
        while (end < file.Length && char.IsAsciiDigit((char)file[end]))
        {
            end++;
        }

        return [.. file[..begin], .. System.Text.Encoding.ASCII.GetBytes(Numbers[random.Next(Numbers.Length)]), .. file[end..]];
    }
}
