using Tenon.Core.Backend;
using Tenon.Plugins.WebGpu;

[assembly: BackendPlugin(typeof(WebGpuPlugin))]
