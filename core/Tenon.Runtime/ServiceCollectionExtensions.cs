using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Tenon.Runtime;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds Tenon to an application.</summary>
public static class TenonServiceCollectionExtensions
{
    /// <summary>
    /// Adds a <see cref="TenonRuntime"/>, its <see cref="DeviceRegistry"/> and <see cref="PluginHost"/>. Debug output goes to
    /// the application's log if it has one. Once made, the runtime is <see cref="TenonRuntime.Default"/>.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configuration">A section in the form of <c>plugins.json</c>.</param>
    /// <param name="configure">Changes the options after the configuration.</param>
    public static IServiceCollection AddTenon(this IServiceCollection services, IConfiguration configuration, Action<RuntimeOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        services.AddOptions<RuntimeOptions>().Configure(o => RuntimeOptionsBinder.Bind(configuration, o)).Configure(o => configure?.Invoke(o));
        services.AddSingleton<IValidateOptions<RuntimeOptions>, RuntimeOptionsValidator>();
        services.AddSingleton(provider =>
        {
            var options = provider.GetRequiredService<IOptions<RuntimeOptions>>().Value;
            var builder = new TenonRuntimeBuilder(options).AddPlugins(provider.GetServices<PluginRegistration>());
            builder = provider.GetService<ILoggerFactory>() is { } logs ? builder.LogTo(logs.CreateLogger("Tenon.Runtime")) : builder;
            return TenonRuntime.Default = builder.Build();
        });
        services.AddSingleton(provider => provider.GetRequiredService<TenonRuntime>().Devices);
        services.AddSingleton(provider => provider.GetRequiredService<TenonRuntime>().Plugins);
        return services;
    }
}
