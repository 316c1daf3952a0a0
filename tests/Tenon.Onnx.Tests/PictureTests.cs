using Tenon.Onnx.Images;

namespace Tenon.Onnx.Tests;

/// <summary>A picture of 5×3 pixels (60x, 120y, 40(x + y)) in formats without loss, and others; most of the files were written by Pillow.</summary>
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

    // With losses; the hash is that of the pixels as libjpeg decodes them.
    private static readonly Dictionary<string, (string File, int Width, int Height, string Hash)> Lossy = new()
    {
        ["jpeg 4:2:0"] = ("/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAgGBgcGBQgHBwcJCQgKDBQNDAsLDBkSEw8UHRofHh0aHBwgJC4nICIsIxwcKDcpLDAxNDQ0Hyc5PTgyPC4zNDL/2wBDAQkJCQwLDBgNDRgyIRwhMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjL/wAARCAANABMDASIAAhEBAxEB/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAkM2JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi4+Tl5ufo6erx8vP09fb3+Pn6/8QAHwEAAwEBAQEBAQEBAQAAAAAAAAECAwQFBgcICQoL/8QAtREAAgECBAQDBAcFBAQAAQJ3AAECAxEEBSExBhJBUQdhcRMiMoEIFEKRobHBCSMzUvAVYnLRChYkNOEl8RcYGRomJygpKjU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVmZ2hpanN0dXZ3eHl6goOEhYaHiImKkpOUlZaXmJmaoqOkpaanqKmqsrO0tba3uLm6wsPExcbHyMnK0tPU1dbX2Nna4uPk5ebn6Onq8vP09fb3+Pn6/9oADAMBAAIRAxEAPwDyjSdNPmLxXrHhmBLG0kvJUZo4I2lYKOSFGTj34rltJsovMWu9urYReDb5o3ZGIjUlTg4Migj6EEj8anF5bKo4wvu0vvOdVPayhTf2ml97OVsNOP2CH5f4aK7Cwso/sEP+7RWk8DPmep9LLE+8z//Z", 19, 13, "6D94C637C28DF10A"),
        ["jpeg 4:2:2"] = ("/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAA0JCgsKCA0LCgsODg0PEyAVExISEyccHhcgLikxMC4pLSwzOko+MzZGNywtQFdBRkxOUlNSMj5aYVpQYEpRUk//2wBDAQ4ODhMREyYVFSZPNS01T09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT0//wAARCAAJABUDASEAAhEBAxEB/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAkM2JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi4+Tl5ufo6erx8vP09fb3+Pn6/8QAHwEAAwEBAQEBAQEBAQAAAAAAAAECAwQFBgcICQoL/8QAtREAAgECBAQDBAcFBAQAAQJ3AAECAxEEBSExBhJBUQdhcRMiMoEIFEKRobHBCSMzUvAVYnLRChYkNOEl8RcYGRomJygpKjU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVmZ2hpanN0dXZ3eHl6goOEhYaHiImKkpOUlZaXmJmaoqOkpaanqKmqsrO0tba3uLm6wsPExcbHyMnK0tPU1dbX2Nna4uPk5ebn6Onq8vP09fb3+Pn6/9oADAMBAAIRAxEAPwDibC0+ccV2+jRrbQPO6krEhdgBzgDNceKi2rEVHzRsupJoNp/oXT0orGsnzs9GrP32crYffFdha/8AIJu/+vd//QTXdiOh5fVeqLeg/wDHl+VFc9b42d1X42f/2Q==", 21, 9, "51DD8BADC9214EAD"),
        ["jpeg 4:4:4"] = ("/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYIDAoMDAsKCwsNDhIQDQ4RDgsLEBYQERMUFRUVDA8XGBYUGBIUFRT/2wBDAQMEBAUEBQkFBQkUDQsNFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBT/wAARCAALABEDAREAAhEBAxEB/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAkM2JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi4+Tl5ufo6erx8vP09fb3+Pn6/8QAHwEAAwEBAQEBAQEBAQAAAAAAAAECAwQFBgcICQoL/8QAtREAAgECBAQDBAcFBAQAAQJ3AAECAxEEBSExBhJBUQdhcRMiMoEIFEKRobHBCSMzUvAVYnLRChYkNOEl8RcYGRomJygpKjU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVmZ2hpanN0dXZ3eHl6goOEhYaHiImKkpOUlZaXmJmaoqOkpaanqKmqsrO0tba3uLm6wsPExcbHyMnK0tPU1dbX2Nna4uPk5ebn6Onq8vP09fb3+Pn6/9oADAMBAAIRAxEAPwD4X+Hvgo/aovk7jtXDiIVOUqjiVyH3Z8DtKg8KaLea3dwSy2mm2sl7MkCgyMkaF2CgkAnCnGSPqK/Ks1wdbGVoYanpKbUVfa7dlfyPAxcZ5hXp4Ok0pVJKKvteTSV7X017M+X/APhCj/zz/Sv3TkqH9ffWUbnw9sYPtUX7peor2MRRp8ux/HNGcuTc+odeBsPgH4kltXe2kZLaIvC5UlHuYkdcg9GVmUjuCQeDXymWYWhUzygpwTXvPXuoSafqmk12auerwvGNXiPCxqJNXk9VfVQk0/VNJp9Gk0eWfYYP+eS1+k+xp9j+iOeXc//Z", 17, 11, "EA602EADDB1DAACC"),
        ["jpeg grey"] = ("/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAoHBwgHBgoICAgLCgoLDhgQDg0NDh0VFhEYIx8lJCIfIiEmKzcvJik0KSEiMEExNDk7Pj4+JS5ESUM8SDc9Pjv/wAALCAAKABIBAREA/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAkM2JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi4+Tl5ufo6erx8vP09fb3+Pn6/9oACAEBAAA/APOtIt/u8V3WkW/3eK6dbf5Rx2ryvSB92u60gfdrplHyj6V//9k=", 18, 10, "52B0B49F62FA1AD5"),
    };

    private static IEnumerable<string> Kinds => Files.Keys;

    private static IEnumerable<string> LossyKinds => Lossy.Keys;

    [TestCaseSource(nameof(LossyKinds))]
    public void LossyPixelsAreThoseOfTheReferenceDecoder(string kind)
    {
        var (file, width, height, hash) = Lossy[kind];
        var picture = Picture.Decode(Convert.FromBase64String(file));
        Assert.That((picture.Width, picture.Height), Is.EqualTo((width, height)));
        Assert.That(Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(picture.Rgb))[..16], Is.EqualTo(hash));
    }

    [TestCaseSource(nameof(Kinds))]
    public void PixelsAreAsWritten(string kind)
    {
        var picture = Picture.Decode(Convert.FromBase64String(Files[kind]));
        Assert.That((picture.Width, picture.Height), Is.EqualTo((5, 3)));
        Assert.That(picture.Rgb, Is.EqualTo(Enumerable.Range(0, 15).SelectMany(i => new[] { (byte)(i % 5 * 60), (byte)(i / 5 * 120), (byte)((i % 5 + i / 5) * 40) })));
    }

    [TestCaseSource(nameof(Kinds))]
    [TestCaseSource(nameof(LossyKinds))]
    public void DamageIsAnError(string kind)
    {
        var data = Convert.FromBase64String(Files.TryGetValue(kind, out var file) ? file : Lossy[kind].File);
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
