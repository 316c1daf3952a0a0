using System.Security.Cryptography;

namespace Tenon.Runtime;

/// <summary>
/// What took time to make, in files named by the hash of all that it was made from. Any number of processes may share the
/// folder: files appear whole, and one that is damaged is as good as absent. docs/cache.md describes the files.
/// </summary>
internal sealed class DiskStore(string folder, long maxBytes, DebugLog log)
{
    private const int HashBytes = 32;
    private static readonly byte[] Magic = "TENON\0C\x01"u8.ToArray();
    private long _writtenSinceTrim = long.MaxValue;
    private int _isBroken;

    /// <summary>What was written under a key; null if there is nothing, or nothing that can be used.</summary>
    public ReadOnlyMemory<byte>? TryRead(string kind, string key)
    {
        var path = CacheFolder.PathOf(folder, kind, key);
        try
        {
            var bytes = Read(path);
            if (bytes.Length >= Magic.Length + HashBytes && bytes.AsSpan().StartsWith(Magic))
            {
                var content = bytes.AsMemory(Magic.Length + HashBytes);
                if (Checksum(key, content.Span).AsSpan().SequenceEqual(bytes.AsSpan(Magic.Length, HashBytes)))
                {
                    return content;
                }
            }

            log.Remark($"{path} is damaged and is made again");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.Remark($"{path} can't be read and is made again: {e.Message}");
        }

        return null;
    }

    /// <summary>Keeps content under a key, if the disk allows.</summary>
    public void Write(string kind, string key, ReadOnlySpan<byte> content)
    {
        if (_isBroken != 0)
        {
            return;
        }

        var path = CacheFolder.PathOf(folder, kind, key);
        var temporary = $"{path}.{Guid.NewGuid():N}{CacheFolder.TemporaryExtension}";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using (var stream = File.Create(temporary))
            {
                stream.Write(Magic);
                stream.Write(Checksum(key, content));
                stream.Write(content);
            }

            File.Move(temporary, path, overwrite: true);
            TrimNowAndThen(content.Length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            CacheFolder.TryDelete(temporary);

            // What was made is there: a full or read-only disk costs time in the next process, not this result. Where another
            // process has written the same meanwhile, and reads it, some systems don't let us take its place.
            if (!File.Exists(path))
            {
                Interlocked.Exchange(ref _isBroken, 1);
                log.Remark($"nothing is kept, because {folder} can't be written: {e.Message}");
            }
        }
    }

    private static byte[] Read(string path)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[RandomAccess.GetLength(file)];
        for (var at = 0; at < bytes.Length;)
        {
            var n = RandomAccess.Read(file, bytes.AsSpan(at), at);
            at += n > 0 ? n : throw new EndOfStreamException("it became shorter while it was read");
        }

        CacheFolder.MarkUsed(path, file);
        return bytes;
    }

    // The key is part of it, so that a file under a wrong name is a damaged one.
    private static byte[] Checksum(string key, ReadOnlySpan<byte> content)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(System.Text.Encoding.UTF8.GetBytes(key));
        hash.AppendData(content);
        return hash.GetHashAndReset();
    }

    // To list the folder takes time, so it is done at the first write of a process and after every sixteenth of the limit.
    private void TrimNowAndThen(long bytes)
    {
        var written = Interlocked.Read(ref _writtenSinceTrim);
        if (written != long.MaxValue && Interlocked.Add(ref _writtenSinceTrim, bytes) < maxBytes / 16)
        {
            return;
        }

        Interlocked.Exchange(ref _writtenSinceTrim, 0);
        ThreadPool.QueueUserWorkItem(_ => CacheFolder.Trim(folder, maxBytes));
    }
}
