using Microsoft.Extensions.Logging;
using Tenon.Compiler;
using Tenon.Core.Backend;

namespace Tenon.Runtime;

/// <summary>Puts a <see cref="TenonRuntime"/> together.</summary>
/// <param name="options">The options; see <see cref="TenonConfiguration.Load"/> for those of <c>plugins.json</c>.</param>
public sealed class TenonRuntimeBuilder(RuntimeOptions? options = null)
{
    private readonly RuntimeOptions _options = options ?? new RuntimeOptions();
    private readonly List<PluginRegistration> _plugins = [];
    private ILogger? _logger;

    /// <summary>Changes the options.</summary>
    public TenonRuntimeBuilder Configure(Action<RuntimeOptions> configure)
    {
        configure(_options);
        return this;
    }

    /// <summary>Adds a plugin that is part of the program itself.</summary>
    public TenonRuntimeBuilder AddPlugin(string id, IBackendPlugin plugin, string version = "0.0.0", IReadOnlyDictionary<string, string>? settings = null) =>
        AddPlugins([new PluginRegistration(id, plugin, version, settings)]);

    /// <summary>Adds plugins that are part of the program itself.</summary>
    public TenonRuntimeBuilder AddPlugins(IEnumerable<PluginRegistration> plugins)
    {
        _plugins.AddRange(plugins);
        return this;
    }

    /// <summary>Sends debug output to a log instead of <see cref="RuntimeOptions.DebugWriter"/>.</summary>
    public TenonRuntimeBuilder LogTo(ILogger logger)
    {
        _logger = logger;
        return this;
    }

    /// <summary>Creates the runtime. No plugin code runs before a device is asked for.</summary>
    /// <exception cref="TenonException">The options make no sense.</exception>
    public TenonRuntime Build() =>
        Build(new TensorCompiler(new CompilerOptions { Optimise = _options.Optimise, CheckIndices = _options.CheckIndices }, recordDecisions: _options.Debug >= 3));

    internal TenonRuntime Build(ICompiler compiler)
    {
        RuntimeOptionsValidator.Require(_options);
        return new TenonRuntime(_options, _plugins, compiler, _logger);
    }
}
