using Tenon.Onnx.Images;

namespace Tenon.Onnx.Tests;

/// <summary>A picture of 5×3 pixels (60x, 120y, 40(x + y)), most of them written by Pillow.</summary>
public sealed class PictureTests
{
    private static readonly Dictionary<string, string> Files = new()
    {
        ["png"] = "iVBORw0KGgoAAAANSUhEUgAAAAUAAAADCAIAAADUVFKvAAAAGklEQVR4nGNkYGCwYdCAIxaGCg0GBgRC5wMAaagEGk1VvcQAAAAASUVORK5CYII=",
        ["png palette"] = "iVBORw0KGgoAAAANSUhEUgAAAAUAAAADBAMAAACpGNjLAAAAMFBMVEXw8PC08Mh48KDweMi0eKB4eHg88HgA8FA8eFAAeCjwAKC0AHh4AFA8ACgAAAAAAABQDHgrAAAAFElEQVR4nGN4e3oBw4wQA4YyRQYAIH0EDG2fNcEAAAAASUVORK5CYII=",
        ["bmp"] = "Qk1mAAAAAAAAADYAAAAoAAAABQAAAAMAAAABABgAAAAAADAAAADEDgAAxA4AAAAAAAAAAAAAUPAAePA8oPB4yPC08PDwACh4AFB4PHh4eKB4tMh48AAAAAAoADxQAHh4ALSgAPAA",
        ["ppm"] = "UDYKNSAzCjI1NQoAAAA8ACh4AFC0AHjwAKAAeCg8eFB4eHi0eKDweMgA8FA88Hh48KC08Mjw8PA=",
        ["tiff"] = "SUkqAAgAAAAKAAABBAABAAAABQAAAAEBBAABAAAAAwAAAAIBAwADAAAAhgAAAAMBAwABAAAAAQAAAAYBAwABAAAAAgAAABEBBAABAAAAjAAAABUBAwABAAAAAwAAABYBBAABAAAAAwAAABcBBAABAAAALQAAABwBAwABAAAAAQAAAAAAAAAIAAgACAAAAAA8ACh4AFC0AHjwAKAAeCg8eFB4eHi0eKDweMgA8FA88Hh48KC08Mjw8PA=",
        ["tiff packbits"] = "TU0AKgAAAFT+AAA8AAAAKAB4AAAAUAC0AAAAeADwAAAAoAAAAHgAKAA8AHgAUP54ALQAeACgAPAAeADIAAAA8ABQADwA8P94APAAoAC0APAAyP7wAAkBAAADAAAAAQAFAAABAQADAAAAAQADAAABAgADAAAAAQAIAAABAwADAAAAAYAFAAABBgADAAAAAQACAAABEQAEAAAAAQAAAAgBFQADAAAAAQADAAABFgADAAAAAQADAAABFwAEAAAAAQAAAEwAAAAA",
        ["tiff deflate"] = "SUkqADYAAAB4nAXBgQAAQAgEwcN5iCDCWZwggghnEX4mSeWR3mAmvKKBZeRil+Csp35kfBUZCQAAAQMAAQAAAAUAAAABAQMAAQAAAAMAAAACAQMAAQAAAAgAAAADAQMAAQAAAAgAAAAGAQMAAQAAAAIAAAARAQQAAQAAAAgAAAAVAQMAAQAAAAMAAAAWAQMAAQAAAAMAAAAXAQQAAQAAAC4AAAAAAAAA",
        ["png alpha"] = "iVBORw0KGgoAAAANSUhEUgAAAAUAAAADCAYAAABbNsX4AAAAHUlEQVR4nGNkYGD4b8OgwYCMWRgqNBgYGFAxVkEAx+8FGW27SjAAAAAASUVORK5CYII=",
        ["bmp 32 bits"] = "Qk1yAAAAAAAAADYAAAAoAAAABQAAAAMAAAABACAAAAAAADwAAADEDgAAxA4AAAAAAAAAAAAAUPAA/3jwPP+g8Hj/yPC0//Dw8P8oeAD/UHg8/3h4eP+geLT/yHjw/wAAAP8oADz/UAB4/3gAtP+gAPD/",
        ["png interlaced"] = "iVBORw0KGgoAAAANSUhEUgAAAAUAAAADCAIAAAGjU2I5AAAANElEQVR4nA3I0RQAMAzF0OAMYhDFCU4hCjGch7Dm657AFhqpRZlOwuXMrhsnDzzXUseO7wPcWxUZuk48qQAAAABJRU5ErkJggg==",
        ["png 16 bits"] = "iVBORw0KGgoAAAANSUhEUgAAAAUAAAADEAIAAACExI7sAAAAQ0lEQVR4nB3LUREAQQgCUOIYwhDEIQ4hDGEcIty57wuGAXi6gSoJIGcAKQFsXKzqlkg9M5KdSLv/nJDdV+9jzyS7eT6aQCoxVLqizQAAAABJRU5ErkJggg==",
        ["ppm plain"] = "UDMgIyBwbGFpbgo1IDMKMjU1CjAgMCAwIDYwIDAgNDAgMTIwIDAgODAgMTgwIDAgMTIwIDI0MCAwIDE2MCAwIDEyMCA0MCA2MCAxMjAgODAgMTIwIDEyMCAxMjAgMTgwIDEyMCAxNjAgMjQwIDEyMCAyMDAgMCAyNDAgODAgNjAgMjQwIDEyMCAxMjAgMjQwIDE2MCAxODAgMjQwIDIwMCAyNDAgMjQwIDI0MA==",
    };

    private static IEnumerable<string> Kinds => Files.Keys;

    [TestCaseSource(nameof(Kinds))]
    public void PixelsAreAsWritten(string kind)
    {
        var picture = Picture.Decode(Convert.FromBase64String(Files[kind]));
        Assert.That((picture.Width, picture.Height), Is.EqualTo((5, 3)));
        Assert.That(picture.Rgb, Is.EqualTo(Enumerable.Range(0, 15).SelectMany(i => new[] { (byte)(i % 5 * 60), (byte)(i / 5 * 120), (byte)((i % 5 + i / 5) * 40) })));
    }

    [TestCaseSource(nameof(Kinds))]
    public void DamageIsAnError(string kind)
    {
        var data = Convert.FromBase64String(Files[kind]);
        var random = new Random(1);
        for (var i = 0; i < 500; i++)
        {
            var copy = i < data.Length ? data[..i] : [.. data];
            if (copy.Length > 8)
            {
                copy[random.Next(copy.Length)] = (byte)random.Next(256);
            }

            try
            {
                Picture.Decode(copy);
            }
            catch (TenonException e)
            {
                Assert.That(e.Code, Is.EqualTo("TEN5250"));
            }
        }
    }

    [Test]
    public void SizesFarBeyondTheDataAreRefused() =>
        Assert.That(() => Picture.Decode("P6 30000 30000 255 x"u8.ToArray()), Throws.InstanceOf<TenonException>().With.Message.Contains("30000×30000"));
}
