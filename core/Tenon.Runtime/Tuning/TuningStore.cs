using System.Text;
using Tenon.Core;

namespace Tenon.Runtime;

/// <summary>What searches have found: files that come with the program, in order, then the user's own folder.</summary>
internal sealed class TuningStore
{
    private readonly Lazy<Dictionary<string, TunedKernel>> _shipped;
    private readonly DiskStore? _own;
    private readonly string? _folder;
    private bool _exists;

    public TuningStore(RuntimeOptions options, DebugLog log)
    {
        var tuning = options.Tuning;
        _folder = tuning.Enabled ? tuning.ResolveFolder(options.Cache) : null;

        // What took long to find isn't deleted for room.
        _own = _folder is null ? null : new DiskStore(_folder, long.MaxValue, log);
        _exists = _folder is not null && Directory.Exists(Path.Combine(_folder, CacheFolder.Tuning));
        _shipped = new Lazy<Dictionary<string, TunedKernel>>(() =>
        {
            var kernels = new Dictionary<string, TunedKernel>(StringComparer.Ordinal);
            foreach (var file in tuning.Enabled ? tuning.Files : [])
            {
                foreach (var kernel in TuningFile.Read(Path.GetFullPath(file, options.BaseFolder), log.Remark))
                {
                    kernels.TryAdd(kernel.Key, kernel);
                }
            }

            return kernels;
        });
        IsEmpty = !tuning.Enabled || (tuning.Files.Count == 0 && _own is null);
    }

    /// <summary>Whether nothing can be found or kept.</summary>
    public bool IsEmpty { get; }

    /// <summary>What was found for a kernel; null if it was never searched for.</summary>
    public TunedKernel? Find(UOp kernel, OpenedDevice device)
    {
        if (!_exists && _shipped.Value.Count == 0)
        {
            return null;
        }

        var key = CacheKey.OfTuning(kernel, device.Capabilities, device.Generator);
        return _shipped.Value.TryGetValue(key, out var shipped) ? shipped : _exists ? ReadOwn(key) : null;
    }

    /// <summary>Keeps what was found in the user's folder, if there is one.</summary>
    public void Keep(TunedKernel kernel)
    {
        _own?.Write(CacheFolder.Tuning, kernel.Key, Encoding.UTF8.GetBytes(TuningFile.Format(kernel)));
        _exists = _own is not null;
    }

    // Most kernels were never searched for, and to fail to open a file takes long.
    private TunedKernel? ReadOwn(string key) => File.Exists(CacheFolder.PathOf(_folder!, CacheFolder.Tuning, key))
        && _own!.TryRead(CacheFolder.Tuning, key) is { } content && TuningFile.Parse(Encoding.UTF8.GetString(content.Span)) is { } kernel && kernel.Key == key ? kernel : null;
}
