/**
 * The first numbers of each direction of a Sobol sequence: Joe and Kuo 2008, "Constructing Sobol
 * sequences with better two-dimensional projections" (new-joe-kuo-6), of the directions from the second
 * to the 512th.
 */
import { fromBase64 } from "./hex.ts";

/**
 * One direction after the other, each in the order m₁, m₂, …: there are as many as its polynomial's
 * degree, mᵢ has i bits, the highest first. The last bit is always 1 and not written; so m₁ is not there.
 */
const PACKED = [
  "wE7JQkTsoACuX2HgelTbgcxTsxKfe2fP5jxHHF/QGNTJHWLfHqzR7ETRPAkDpkumY5TawN8t0iEtRJXAZsPeuN5i",
  "odoT+Zj1v/X2Eqlm+S7WMI/RaC3OPgTwSUHMpKjp3oQsuUuSdH68+xpCvw4A3Vyx3CEkcW/91FLVqFlyF63faINg",
  "hEFEywVXFhz2fyKqH2i2qjsOdqvNlAd/36aYjcDZ995St52xigdl01cALWvvkk6o3E9ClBqAKC9Y4PvbglQZQKd5",
  "hv/nQX7Fp+SCfX7snb0vMgrGurfqEBhtFYeHOQYhKdaM6vA7X/4xjvtKswiAXPiUUXBwyeKZdIzhVvfGUPouGTpy",
  "xdvkeiVYtGxK+ZYXnFyhjxvBPM01gOAEJJF7O9Tg3izLaoOvSUS8NdWjUzsoYqBvCd/nELzUwm5FLZdLS3D5jdQf",
  "3ekolnTZX0kHqTOQkuLe5Wim//Q3nGg6/jZKzkuHwtT39JhEIJcMp6GUn6kj/xyrPinGmCX+CpHSMBOfxOBfG3Uh",
  "+qHqXbLp7k8SwFwi27n1+g6pMJGcamBt98jgmqif59Wtonw3IZ3DYQ6Nos1vEpGVnacRu2taEQLlxfIYyXHTYvc1",
  "uydUqlTKpyUX3kh45xoCzi9ZKeywdNoZNWVPz0FZu4X0hQPwcsys56mDODeXcxJIDuhW4gZqn9p27SzH+Vgxgvlh",
  "k1HxIk3H4e0WC9/cX0HiRbgL4wCz82IybZfGaWfuImac2QlqACNiIC3ezm9xjQarXhYlSj7rK18mrv9Cewzgf5ze",
  "CevO3n0WFRJJzLriB3p4/oUyQfJLpewTb8spMIDNsUWzZ747DXxKvyk/1+rqps9LY/VsntYyMAJdZU0mvTbI+d9c",
  "FXKn6Kiee89F/Mu2gzCOxzLPfuOHpwITq9FddQ7eIxrmjbksmpcllQZDyYtZkAeh1r3Ym16ICbtY2aOboR1xdsIM",
  "7ynhG6XuC2LFbM8AQHYxyHYGvOFhWg45yt7a6/HBf0Xe/vAxNsGiLwIcEZxRD0bYuZj3YccYa2bOrCbFG4RLafe9",
  "1jrU83Su1rvD2LrNpcKMba/ITUgFtV3cJWPknS/lbsAEN61cH4FyE3Q3A0on3MiZuKex0WyCfbT78YCK43aYuYss",
  "tWHRkUwuUZaM1jagBTO7yRRO/3HuDCFO4wHVyrxr/U79/QRSMe8EsbPxBdy7Ebx4r/fISxDA9jKxkqSyX55lSiC5",
  "E/7ZslkVA1j/ltWXcGHZw8wqaCl8YmtLQy5KjpcWCgwCkbYaJT8Js2txWYuu6o2lD+AWfEVSVqU+ojIMUKLYoKry",
  "EOOKoTKM6xJ7rO2RVOZ/KZZ83u2N5YKr5RmixnfStSzBDqPOF2GGyLAwvF5d0FRvQGILmtQZX0zlqNjcEjbxRU2C",
  "ND2PTW8gMB5/Gk9YyO1Vq2gI0aRCSBy+2K9yUev1MRi7U2tpPCr/ZSQi1JG8mjthot376wxPZL2aw0wvKvO91Ra7",
  "99H7WgkE/hlpi87+BAW/flfE58zTE59uSwur+c34lKb5vQhWriSJ1Yz9+tomWAslW2C6Qy6l0iaASHxk36m7MMGQ",
  "5su/pj+rO+Iz9OrfP5vsr3CpSn7BR531bqZTTJSIeoMhEUEAIFUiFoyYgrevIv9mJVJ9MTG0BZSgMKU3s+eO2uOu",
  "fxxpIJFEXhkn9ZILykSGvKeBSuadn8z3IHl3/3GhqWD4zASrmzSbv/czwaGZLgh57QsnpROpCQjsfAmmdT1PwSM6",
  "psVd64UhahGGveuZKWtFYYJwieOYRGc4Taiq5b4iK9b172++A9O/IGLcPyp56ylEMBw+Ysf6DU4hrA5jo0dBAhK4",
  "m9LUdDAj/PeLmYj95N1cScPlOubtVF/Ud4MV03H4CWHDLAl5Zc7Fuv6FRZ3OZBF2KrXfpMwWdWgVryq+kNgoq+g5",
  "Urt7JJoKMIlsq2YHd8JCPyhRdVoXQgMaysQGnJX34nEU0DlTBABQgVG9gO8NIzK0tQBknAGcSvlZmvuVVx3h62xn",
  "vdtINseXY0jsgdVoMgfrEEkaiElaAHJNBwEhttqGa0q51yK9+paGvr0C77Xmzc7RHLNnDSetSkyocXIhUh7fxlG1",
  "49WEH0hIqtN2ebXUmGLtLejAM1pbw2Alau3D7GvmC0RFHXtn36jaA3+H0+ED+ig/TBqLSFj7nPhun7sfyHLqV5E1",
  "kTt1CHgRZcPjUfjOtJTTtWJ3m79kX3KeroyMEHJsB99zAWYLTw+alCcu8wgr59a1s4PP24urMyVdPFoGZh/MNjfW",
  "KmDjndhic2DMw8uWaDOTlrMA0NizJ0tKJD0m5Qx6KMllka5uzkzB4XaRzOp/J5TLsn4kzyStC+LzpMdzXzZWrnMe",
  "4W8cVbtwvf520fubhFjfdFhAM7v5BD4gPVYQp+ZjwdxYO8eR+ZJFlBimpTGE+JvYBGn7bq+OS6lRCOT+SbhKhUcj",
  "1bC5M8zMVTGuFdYXHkw5EvFfHvUolTef7Qxzh9lJcIpSzJV0JDKbhtj3yhHZfdOeQDfOrfTAXBdX3DWDuN5WIC2n",
  "rKns5Gc+xKv1QSh6Gdx+O1gvaf+CFBgbnfrYLW3My3O7y1WUBGej7mvJrawdTtelYsU0SxsR4okwkBKtnf9FBmRu",
  "71e/rrg/AbVxkR/mGQnJj8kNJJwNJdwrNHm+ewtZmfVWpf7e8yLxKWdrzIhmBBbfh9b4IY7E1CWSMeG0bJKjMB2F",
  "EfRMCtf6627zh6s0ESiCnqiHeP0gp87CY7aeJwBHW4EF+UTxywPSsg0JapeQDz6BGjDtE/cVklqLecgH8h5V3S+x",
  "CRNKnlQJKOpE/rZ0MvUiX+wJCIBY2v4mmhJXTH69raPmfW8mYC+NY7F7glJMQOAKj9XUepkklj/DCBFcwlr9V00t",
  "CbGmG7UeV7Hj2b71RmTKb77q8t7tNP1B/37rhLg30D4FPlY+Lw1+ohHd2cTN5XdblKolKCyvEy34yZRExkfcMj5z",
  "UwoKAXN63yTbdhlMc5MkkWeB4O+xno0lwbXkSxOiZOpVwvH/EX6/Iyzofk13JWzN8cEijoRdEhPzQReFbAPyEL5z",
  "JujLHxWJF7Kt7NALxM1sYXIZLSvdIdJiAtiB2w9uZ4xX1kjV1sbRcUah9gRv3xCZIU8Vs9szjIfH2QPRLAsSWmtE",
  "lLk+IqLZBBF8L5HNcq5oinZFL+QwDrZ7rMc/BgQYxvU79qq4h+DDOnGXm2s9TfBfSsfVQNJPfOrXKLbyAvwoVXW1",
  "kixfdSd/MaayrAjx6Urs6sSgUn9wLW1k74X9hqaKCe3py9Ro28fUdKfN0NP5ObJgVabWNp9T9coWIz4Xu6GbjTvw",
  "ilrmo5p2Ind5JRXWu1npe+Z1NESeeF/NsgwYuqQrVwdllJi3Ew+6FzS0VEtO+T8nXWrOTQ8Z2ROw2A86XQAFo34H",
  "XY65hS9ZURfxjfG/oBSvITpseHpU9ytWFCb9q4tbT++gTvKNbbVdqltNufpjjOtflVdk6Ns10Q+8+yhzlHdchxoe",
  "HJT3vXeYsUpLWgyvtf9a+A1526BOr/+KA9YzcSUv6/deNh35yfLQNMJcDfcWPIXfY1LcR43GVK11wVl1xl+6u7KX",
  "PG1VvIMXix9g9H6QfcbXKkKS9QByU+ZLtb7Pcs8nT11Z1Ae78voalbb4tyPM6fd5/l3JQL+NlMdK+dMYrPxlKdKS",
  "a9Z/j+ubdpfYQ4Wpeh8j0yfi62PSgnCkM5yK/mJDIhzqNr/0gResX30YS9ZqEGBTenIp3kE7PULJxDnklEv9RFrl",
  "iabfsD4DscnuopZQfWWUkVbkUx+PFu3l1Pq+qCQztWDA9zC5qAt0A8q5egRtHXBtMqRVAnADnTNhUc9lJJUP1KMa",
  "AXk8WAFVw8EeS2wBuoAMUyFsUqUvRQiDGqJDdeKfI5t0sgrVaY6NG5YKhk6EUs4CGvNsD136O/ZPpyhO1tgpvDpT",
  "ake0LVXlF9AZujs5Mj371iEjEJlQ9G6FdWuhIKmaJMWUSYBxFPNYssOOEgwHiA5Iyh9ZBCUpqHuzTgEKnmpSbF6o",
  "43i/OCvdYkGGaPFYW7R2hKuuDiagYMdaiGwJwHm7myyc7gOQTEQ+ZiUlOXivqnTvqpcHFYgdnDL2nlsg5tJOp8WG",
  "RDv27EZqltCHVMafn3by83unrzGvHiSFDYiY50qpYJaqHBUmV49Pdmb9wedYbUDh7YEJ4KEfR73pDJIgSFa/fBXg",
  "GGCCisxlwHI2VzrS1aquZGoTtORKKQdYJmIJvJ56mJ7sP1qel0Har6R4CWU338njg5080GdLxWx71a694d/5SoE2",
  "hVEhgdc2kqp3qpr/4WeERes0IqXaOvLZfBEVYNQmPJMP82/xL/0YrC1s5BYMpJA9lc4hx912iCHYIbivvjlSP7XV",
  "CxRJfKSFx4npU42UvmXU1Y2G/GMx0a0je/jByGr1f2jM9QyDD5HF9QYROEFwAoo4d/Hp6QDI6WTsrdM+mLYLtzsi",
  "oRYgYQvhgTpLeowkAAAA",
].join("");

/** Gives the numbers of the next direction, whose polynomial is of a degree. */
export function firstNumbers(): (degree: number) => number[] {
  const bytes = fromBase64(PACKED);
  let at = 0;
  const bit = () => (bytes[at >> 3] >> (7 - (at++ & 7))) & 1;
  return (degree) =>
    Array.from({ length: degree }, (_, i) => {
      let number = 0;
      for (let k = 0; k < i; k++) number = 2 * number + bit();
      return 2 * number + 1;
    });
}
